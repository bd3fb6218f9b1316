"""A built organisation: three repositories, 200 requests, deployments, rollbacks, incidents.

Everything in it is scripted, and every line of it has a text of its own. What the product must say
of it is reckoned in `truth` from these texts and times alone, by other means than the product's.
"""

"""What the pages of the dashboard say, before anyone decides how they look.

One module a page. The pages, the API and the board's report all read these models, so that a figure
is the same wherever it stands.
"""

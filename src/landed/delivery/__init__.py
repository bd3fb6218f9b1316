"""From forges, pipelines and trackers into the store, and on to the commits they concern."""

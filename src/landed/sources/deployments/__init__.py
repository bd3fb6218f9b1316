"""Deployments from files of any pipeline."""

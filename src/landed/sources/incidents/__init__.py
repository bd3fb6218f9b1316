"""Incidents and bugs from files of any tracker."""

"""Dashboards: saved questions arranged on a page, answered anew whenever it is looked at."""

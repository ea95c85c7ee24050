"""Pages of saved questions: the list of dashboards, and a dashboard with its cards."""

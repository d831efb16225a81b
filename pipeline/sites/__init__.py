"""What people say about single sites and single lines, and what shows them that a site has changed."""

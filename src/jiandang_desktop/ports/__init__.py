"""What lies outside the services, as protocols."""

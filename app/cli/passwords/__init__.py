"""Password logins, links, rules and second factors."""

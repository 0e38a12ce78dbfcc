"""Password logins, links, rules, second factors."""

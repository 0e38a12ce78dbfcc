"""`/admin/`: a tenant's own admins, each in their own tenant. They see the switch and ask for it; support throws it."""

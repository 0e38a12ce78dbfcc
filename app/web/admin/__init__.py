"""`/admin/`: a tenant's admins see their own tenant. They can request the switch; support carries it out."""

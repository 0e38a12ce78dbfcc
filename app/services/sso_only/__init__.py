"""The switch to SSO only: policy, readiness, observe mode, planned switch."""

"""The switch: policy, readiness, observing, plan."""

"""What a benchmark needs: the machine, a stub of a provider, visitors, the bridge and its yardstick."""

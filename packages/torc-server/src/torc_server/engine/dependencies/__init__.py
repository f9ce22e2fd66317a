"""Dependencies between jobs: dependency sets, dependencies implied by files and user data, cycles, lineages."""

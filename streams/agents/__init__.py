"""The agents: what happens to a batch of records, in six steps: decode, load, advance, store, emit, count."""

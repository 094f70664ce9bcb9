"""The scenarios: each measures one promise of the engine, and is named by the field's word for it."""

"""The running system: the pure heart, the engine that carries it, the agents and the gateway."""

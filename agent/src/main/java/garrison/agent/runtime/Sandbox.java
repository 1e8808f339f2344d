package garrison.agent.runtime;

import java.time.Instant;

/** A sandbox as it is. Immutable. */
public record Sandbox(String id, SandboxSpec spec, boolean ready, Instant createdAt) {}

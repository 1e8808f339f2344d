package garrison.agent.pod;

/** Why a node does not take a pod (spec: node-agent 3.3): status reason and message. */
record Rejection(String reason, String message) {}

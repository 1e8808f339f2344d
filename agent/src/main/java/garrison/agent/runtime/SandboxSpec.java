package garrison.agent.runtime;

/**
 * The frame of one pod.
 *
 * @param namespace of the pod
 * @param name of the pod
 * @param uid of the pod
 * @param attempt counts the sandboxes of the pod, from 0
 * @param milliCpuLimit of the whole pod, 0 for none
 * @param memoryLimit of the whole pod in bytes, 0 for none
 * @param graceSeconds the pod's own, for whoever must stop it without its document
 */
public record SandboxSpec(
    String namespace,
    String name,
    String uid,
    int attempt,
    long milliCpuLimit,
    long memoryLimit,
    long graceSeconds) {}

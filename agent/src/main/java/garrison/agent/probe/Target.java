package garrison.agent.probe;

import garrison.agent.runtime.Runtime;

/**
 * The container that is asked.
 *
 * @param runtime that runs it
 * @param container its id
 * @param address of its pod, for checks that name no host
 */
public record Target(Runtime runtime, String container, String address) {}

package garrison.agent.runtime;

/**
 * How a command ended.
 *
 * @param exitCode the command's
 * @param output stdout and stderr together, at most 10 KiB
 * @param timedOut whether it was killed because its time was over
 */
public record ExecResult(int exitCode, String output, boolean timedOut) {}

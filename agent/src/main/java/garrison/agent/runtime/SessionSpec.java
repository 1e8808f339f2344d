package garrison.agent.runtime;

/**
 * Which streams a session has.
 *
 * @param stdin whether input is passed on
 * @param stdout whether output is wanted
 * @param stderr whether error output is wanted; a terminal has none of its own
 * @param tty whether the streams are a terminal
 */
public record SessionSpec(boolean stdin, boolean stdout, boolean stderr, boolean tty) {}

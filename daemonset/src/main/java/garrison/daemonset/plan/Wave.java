package garrison.daemonset.plan;

import java.time.Duration;
import java.util.List;

/**
 * Nodes whose pods are replaced at the same time.
 *
 * @param after how long after the change
 * @param nodes in the order in which the engine takes them
 * @param unavailable whether their old pods are not available anyway, so that no limit holds
 */
public record Wave(Duration after, List<String> nodes, boolean unavailable) {}

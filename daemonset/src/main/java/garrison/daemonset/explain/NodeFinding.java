package garrison.daemonset.explain;

import java.util.List;

/**
 * What there is to say of one node. A value.
 *
 * @param node its name
 * @param state how it stands
 * @param pods the names of its pods, by seniority
 * @param causes every reason for it, in the order in which a person should see to them; empty where
 *     all is well
 * @param notes what is so and holds up nothing, such as a cordon
 */
public record NodeFinding(
    String node, State state, List<String> pods, List<Cause> causes, List<String> notes) {}

/**
 * Static pods: those that a file of the node defines, whatever an API server says or does not say
 * (spec: node-agent 3.1). {@link garrison.agent.statics.StaticPods} watches a directory, {@link
 * garrison.agent.statics.ManifestDirectory} compares it with what was there before, {@link
 * garrison.agent.statics.Manifest} turns one file into one pod. What they deliver is run by {@code
 * agent.pod}, like any pod.
 */
@NullMarked
package garrison.agent.statics;

import org.jspecify.annotations.NullMarked;

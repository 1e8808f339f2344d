/**
 * The way of an image to the node (spec: node-agent 3.5): {@code ImageName} reads what a pod calls
 * it, {@code PullSecrets} finds who may fetch it, {@code ImagePulls} fetches one after another, and
 * {@code ImageStep} does what a container's policy says, with its events and waiting reasons.
 */
@NullMarked
package garrison.agent.image;

import org.jspecify.annotations.NullMarked;

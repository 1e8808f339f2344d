/**
 * The house from its front door: the real program in a process of its own, driven by the real
 * kubectl. {@link garrison.conformance.Garrison} starts the one, {@link
 * garrison.conformance.Kubectl} the other; each test class is a walk that a user makes.
 */
package garrison.conformance;

/**
 * The command {@code garrison}: everything is assembled here, and only here.
 *
 * <p>Start at {@link garrison.cli.Main}; each command is a class named after it. {@code
 * StandaloneServer} puts store, API server and controllers together. {@code apply} brings manifests
 * in as {@code kubectl apply} does, {@code status} shows the fleet at a glance, {@code explain}
 * says why a node has no pod, {@code plan} what an apply would do. What goes wrong reaches {@code
 * Main} as an exception and leaves it as one line.
 */
@NullMarked
package garrison.cli;

import org.jspecify.annotations.NullMarked;

/**
 * The DaemonSet controller of a Kubernetes that has none of its own: {@code ReplacingController}
 * stands for election and runs {@code DaemonSetLoop} while it leads; {@code RivalWatch} notices
 * where the built-in controller still runs.
 */
@NullMarked
package garrison.control.replace;

import org.jspecify.annotations.NullMarked;

/**
 * The DaemonSet loop: it observes, lets {@link garrison.daemonset.Fleet} decide, and carries out.
 *
 * <p>The tour: {@link garrison.control.daemonset.DaemonSetLoop} turns the changes of the caches
 * into events for one thread, the {@code EventLoop}. There each DaemonSet has a {@code Reconciler},
 * which feeds its fleet and starts calls to the cluster; calls run on virtual threads and come back
 * as events. {@code HistoryPass}, {@code Adoption}, {@code PodCalls} and {@code StatusWriter} are
 * the calls.
 */
@NullMarked
package garrison.control.daemonset;

import org.jspecify.annotations.NullMarked;

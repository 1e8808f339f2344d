/**
 * HTTP in front of {@link garrison.apiserver.resource}. A request takes this way: {@link
 * garrison.apiserver.http.Listener} reads it, {@link garrison.apiserver.http.Dispatcher} finds out
 * who asks and whether they may, {@link garrison.apiserver.http.ApiRoutes} finds the kind in the
 * registry and calls the resource layer, and a {@link garrison.apiserver.http.Reply} writes the
 * answer in the form that the client asked for. No kind has code of its own here, but for the logs
 * of pods.
 */
@NullMarked
package garrison.apiserver.http;

import org.jspecify.annotations.NullMarked;

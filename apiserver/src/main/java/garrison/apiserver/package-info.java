/**
 * The API server. It is generic over kinds: what is special about one is data in the registry of
 * {@code garrison.model.kind}. A tour, along the way of a request:
 *
 * <ol>
 *   <li>{@link garrison.apiserver.ApiServer} puts one server together over a data folder; {@link
 *       garrison.apiserver.LocalCluster} reaches it in the same process, past HTTP but through the
 *       same resource layer.
 *   <li>{@code http}: {@code Listener} reads the request, {@code Dispatcher} asks who and whether,
 *       {@code ApiRoutes} and {@code PathRoutes} find what answers it, {@code Rendering} turns the
 *       answer into JSON, YAML or a table. {@code AgentCalls} goes on to a node, for logs.
 *   <li>{@code auth} and {@code pki}: who somebody is (certificates, tokens), what they may do
 *       ({@code NodeAuthorizer}, {@code NodeRestriction}), and how a machine joins.
 *   <li>{@code resource}: {@code Resources} is every verb of every kind: decode, default, admit
 *       ({@code admission}), validate, write; deletion with grace, finalizers and owners.
 *   <li>{@code watch}: what was written, as those who list and watch see it; each event is encoded
 *       once, however many watch.
 *   <li>{@code openapi}: the kinds, described for clients.
 * </ol>
 */
@NullMarked
package garrison.apiserver;

import org.jspecify.annotations.NullMarked;

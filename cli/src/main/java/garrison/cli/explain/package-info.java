/**
 * {@code garrison explain}: {@code ClusterReader} reads of a server what {@code
 * garrison.daemonset.explain} needs to decide, {@code ExplanationText} and {@code
 * ExplanationDocument} put the decision into words and into JSON.
 */
@NullMarked
package garrison.cli.explain;

import org.jspecify.annotations.NullMarked;

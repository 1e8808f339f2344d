/**
 * {@code garrison plan}: {@code Planner} asks the server what it would make of a manifest and the
 * engine what that would do, {@code PlanText} and {@code PlanDocument} put it into words and JSON.
 */
@NullMarked
package garrison.cli.plan;

import org.jspecify.annotations.NullMarked;

/**
 * The structs of the API as tables, and what is done by them for every kind alike: {@link
 * garrison.model.schema.TypedReader} checks and completes documents that come in, {@link
 * garrison.model.schema.Canonical} gives them the form in which they are stored and served.
 */
@NullMarked
package garrison.model.schema;

import org.jspecify.annotations.NullMarked;

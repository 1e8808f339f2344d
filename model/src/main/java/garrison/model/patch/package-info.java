/** The patch formats of the API, as functions from documents to documents (spec: api-server 11). */
@NullMarked
package garrison.model.patch;

import org.jspecify.annotations.NullMarked;

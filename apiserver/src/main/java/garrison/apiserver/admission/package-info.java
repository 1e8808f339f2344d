/**
 * What may refuse or complete a write after it is decoded and before it is stored (spec: api-server
 * 10.2).
 */
@NullMarked
package garrison.apiserver.admission;

import org.jspecify.annotations.NullMarked;

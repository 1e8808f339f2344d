/**
 * The OpenAPI v3 documents from which clients learn what may be sent (spec: api-server 6), made
 * from the registry of kinds and the tables of their structs; nothing here is written by hand but
 * the {@link garrison.apiserver.openapi.Descriptions}. {@link garrison.apiserver.openapi.OpenApi}
 * is the entrance. Pure: no HTTP here.
 */
@NullMarked
package garrison.apiserver.openapi;

import org.jspecify.annotations.NullMarked;

/**
 * Who asks ({@link garrison.apiserver.auth.Authenticator}), and whether they may ({@link
 * garrison.apiserver.auth.Authorizer}).
 */
@NullMarked
package garrison.apiserver.auth;

import org.jspecify.annotations.NullMarked;

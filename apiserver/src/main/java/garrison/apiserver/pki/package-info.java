/** The certificates of one Garrison: its authority, and what the authority signs. */
@NullMarked
package garrison.apiserver.pki;

import org.jspecify.annotations.NullMarked;

/**
 * What volumes are made of: directories of the node and who may have which ({@link
 * garrison.agent.volume.HostPathGuard}), files that are swapped as a whole ({@link
 * garrison.agent.volume.Payload}), file systems in memory ({@link garrison.agent.volume.Mounts}),
 * and parts of volumes ({@link garrison.agent.volume.SubPath}). It knows no pods (spec: node-agent
 * 3.11).
 */
@NullMarked
package garrison.agent.volume;

import org.jspecify.annotations.NullMarked;

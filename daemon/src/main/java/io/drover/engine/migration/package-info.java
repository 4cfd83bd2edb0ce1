/**
 * The negotiation of one live migration: what the source does, what the target does, and what either does when it
 * comes back without a memory of the session. Pure: state and event in, state, actions and reasons out; time is the
 * monotonic time since the session began and comes with the event.
 *
 * <p>The record is {@code Migrating(source, target, operation, attempt)} before a session begins, and every change of
 * owner is a compare-and-set on it. The rules that keep a guest from executing twice:
 *
 * <ol>
 *   <li>A guest that executes keeps the right to. So the source that still executes it may take the record back, even
 *       if the copy at the target is complete.
 *   <li>The target lets the guest execute only by the source's {@code HandOver}. A complete copy is no proof that the
 *       source holds its own: the source's hypervisor lets the guest go on by itself when its sending fails late (QEMU
 *       does). Without a {@code HandOver} (the stream broke, nothing was heard for the expiry, or the agent was
 *       restarted and does not know of one) the target destroys what it has, says so, and never writes the record for
 *       itself.
 *   <li>A source that holds the guest and has not given {@code HandOver} lets it go on once it has won the
 *       compare-and-set.
 *   <li>The source that has given {@code HandOver} returns to the race only when the target has said that it destroyed
 *       its copy and will never commit this attempt: {@code TargetFailed} on the stream, or the target's <em>note</em>,
 *       a failed result of this very attempt in a record that is still migrating.
 *   <li>A reading of the record that is older than what the session has seen (by its revision) is ignored: reads of the
 *       coordination service may be stale, and an old {@code Placed(source)} would look like a right to execute.
 *   <li>No guest is let go on, and no record claimed, by a node that does not hold its lease. A source that loses it
 *       ends the sending, or hands over if the guest has left already: that gives a right up and takes none. A target
 *       destroys what has not been handed over, and waits with the record of what executes already.
 * </ol>
 *
 * <p>What the rules ask of an {@code EXPLICIT} hypervisor: once it has said that the guest departed, the source does
 * not execute it again unless told to resume it. Until then it may let the guest go on by itself and say "stayed",
 * however complete the target is. At the target nothing executes unless told to resume, and a guest that executes is
 * not destroyed by a discard.
 *
 * <p>Modelled, for {@code EXPLICIT}, by {@code io.drover.sim.model.MigrationRules}; docs/design/0009-formal-model.md says
 * what breaks without each rule.
 *
 * <p>With an {@code ATOMIC} hypervisor the message gives no right: the guest executes at the target as soon as it is
 * complete, and whoever sees it running commits. A guest that neither side has in the end is taken back by the source as
 * {@code LOST}, after a look whether it is there after all, and starts anew from its disks; such a move is not made again.
 *
 * <p>What becomes of a migration when a side dies:
 *
 * <table>
 *   <caption>Crash table</caption>
 *   <tr><th>dead</th><th>when</th><th>outcome</th></tr>
 *   <tr><td>source agent</td><td>before the guest is complete at the target</td>
 *       <td>target discards and leaves a note; the restarted source ends the sending and takes back</td></tr>
 *   <tr><td>source agent</td><td>complete, no HandOver received</td>
 *       <td>target discards and leaves a note; the restarted source takes back what runs at once, and what is held by
 *       the note</td></tr>
 *   <tr><td>source agent</td><td>after HandOver was received</td>
 *       <td>target resumes and commits; the restarted source waits and forgets</td></tr>
 *   <tr><td>target agent</td><td>before HandOver was given</td>
 *       <td>source takes back; if the guest is held there, only once it has won. The restarted target discards,
 *       and leaves a note if the attempt is still current</td></tr>
 *   <tr><td>target agent</td><td>after HandOver was given</td>
 *       <td>source waits. The restarted target commits what runs; anything else it destroys, and leaves a note, upon
 *       which the source takes back and resumes</td></tr>
 *   <tr><td>both agents</td><td>any</td><td>as each of the rows above, by {@link
 *       io.drover.engine.migration.Recovery}</td></tr>
 *   <tr><td>a host</td><td>any</td><td>not decided here: the coordinator's, once it is proved dead</td></tr>
 * </table>
 */
@NullMarked
package io.drover.engine.migration;

import org.jspecify.annotations.NullMarked;

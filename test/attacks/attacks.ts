import { bruteForce } from './brute_force.js';
import { csrf } from './csrf.js';
import { massAssignment } from './mass_assignment.js';
import { openRedirect } from './open_redirect.js';
import { pathTraversal } from './path_traversal.js';
import { prototypePollution } from './prototype_pollution.js';
import { replay } from './replay.js';
import { sessionFixation } from './session_fixation.js';
import { sessionTheft } from './session_theft.js';
import { slowRequest } from './slow_request.js';
import type { Attempt } from './support/attempts.js';
import type { Target } from './support/target.js';
import { timingOracle } from './timing_oracle.js';

export type Attack = (target: Target) => Promise<Attempt[]>;

/** Every attack by its name, which is its file's; those that use up a server's patience come last. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  session_fixation: sessionFixation,
  csrf,
  replay,
  session_theft: sessionTheft,
  slow_request: slowRequest,
  path_traversal: pathTraversal,
  mass_assignment: massAssignment,
  prototype_pollution: prototypePollution,
  open_redirect: openRedirect,
  timing_oracle: timingOracle,
  brute_force: bruteForce,
};

/** For tests beside the scenarios' calls: their processes, and those that they start, leave the cores to the calls. */
import { constants, setPriority } from 'node:os';

setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

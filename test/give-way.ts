/** For tests beside the scenarios' calls: their processes, and those that they start, leave the cores to the calls. */
import { setPriority } from 'node:os';

/** A third of an ordinary share where all want the cores: what has its own time limits must not starve either. */
const niceness = 5;

setPriority(niceness);

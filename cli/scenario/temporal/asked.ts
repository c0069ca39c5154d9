import type { Json } from '../../../contracts/tools.ts';

/** What a call asks by a child workflow. `stay`: the number of the stay at the node, or `contact` before the flow begins. */
export interface Asked {
  tenantId: string;
  callId: string;
  stay: number | 'contact';
}

/** What the child answers, after a time, and when that is in the scenario; without an answer the caller is gone first. */
export interface Due {
  answer?: Json;
  afterMs: number;
  atMs: number;
}

/** What such a child returns in a scenario; the call's workflow gets to see the answer alone. */
export interface TimedAnswer {
  scenarioAnswer: Json;
  atMs: number;
}

export interface ScenarioActivities {
  answerQuestion(asked: Asked): Promise<Due>;
}

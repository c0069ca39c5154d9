import type { RealtimeModel } from '../contracts/realtime-model.ts';

/** The same model, but for what somebody watches. */
export function watchedModel(
  model: RealtimeModel,
  watched: Partial<Pick<RealtimeModel, 'startSession' | 'onEvent' | 'stopSession'>>,
): RealtimeModel {
  return {
    startSession: (config) => model.startSession(config),
    sendAudio: (sessionId, chunk) => model.sendAudio(sessionId, chunk),
    signalActivity: (sessionId, edge) => model.signalActivity(sessionId, edge),
    sendText: (sessionId, text) => model.sendText(sessionId, text),
    updateSession: (sessionId, change) => model.updateSession(sessionId, change),
    sendToolResults: (sessionId, results) => model.sendToolResults(sessionId, results),
    answerCut: (sessionId, heardMs) => model.answerCut(sessionId, heardMs),
    onEvent: (sessionId, handler) => model.onEvent(sessionId, handler),
    stopSession: (sessionId) => model.stopSession(sessionId),
    ...watched,
  };
}

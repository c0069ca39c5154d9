import { AssistantEntity, AssistantVersionEntity, ToolEntity } from './assistants.ts';
import {
  CallEventEntity,
  CallSessionEntity,
  CostEntryEntity,
  RecordingEntity,
  ToolLogEntity,
  TranscriptEntity,
} from './calls.ts';
import { FlowDraftEntity, FlowEntity, FlowScenarioEntity, FlowVersionEntity } from './flows.ts';
import { DialAccountEntity, GatewayEntity } from './platform.ts';
import {
  AgentEntity,
  AudioPromptEntity,
  CalendarEntity,
  PromptFileEntity,
  QueueEntity,
  WebhookEntity,
} from './references.ts';
import { PhoneNumberEntity } from './routing.ts';
import { ApiKeyEntity, ProviderCredentialEntity, TenantEntity, UserEntity } from './tenancy.ts';

export const allEntities = [
  TenantEntity,
  UserEntity,
  ApiKeyEntity,
  ProviderCredentialEntity,
  AssistantEntity,
  AssistantVersionEntity,
  ToolEntity,
  CalendarEntity,
  QueueEntity,
  AgentEntity,
  WebhookEntity,
  PromptFileEntity,
  AudioPromptEntity,
  FlowEntity,
  FlowDraftEntity,
  FlowVersionEntity,
  FlowScenarioEntity,
  PhoneNumberEntity,
  GatewayEntity,
  DialAccountEntity,
  CallSessionEntity,
  TranscriptEntity,
  CallEventEntity,
  ToolLogEntity,
  CostEntryEntity,
  RecordingEntity,
];

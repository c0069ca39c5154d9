import { AssistantEntity, AssistantVersionEntity, ToolEntity } from './assistants.ts';
import { CallEventEntity, CallSessionEntity, CostEntryEntity, ToolLogEntity, TranscriptEntity } from './calls.ts';
import { DialAccountEntity, GatewayEntity } from './platform.ts';
import { FlowEntity, FlowVersionEntity, PhoneNumberEntity } from './routing.ts';
import { ApiKeyEntity, ProviderCredentialEntity, TenantEntity, UserEntity } from './tenancy.ts';

export const allEntities = [
  TenantEntity,
  UserEntity,
  ApiKeyEntity,
  ProviderCredentialEntity,
  AssistantEntity,
  AssistantVersionEntity,
  ToolEntity,
  FlowEntity,
  FlowVersionEntity,
  PhoneNumberEntity,
  GatewayEntity,
  DialAccountEntity,
  CallSessionEntity,
  TranscriptEntity,
  CallEventEntity,
  ToolLogEntity,
  CostEntryEntity,
];

// What the snapshot page says, Chinese and English in pairs: there may be no server to ask.
import { speaker } from '../_words.js';

export const say = speaker({
  '没有找到，请换个词试试': 'Nothing found, try another word',
  '请选择所在的网格': 'Please choose the grid',
  '请至少拍一张照片': 'Please take at least one photo',
  '请描述看到的情况': 'Please describe what you see',
  '正在上报…': 'Reporting…',
  '正在上传第 {number} 张照片…': 'Uploading photo {number}…',
  '提交': 'Submit',
  '待上传 {count} 条': '{count} waiting',
  '需要修改': 'Needs a change',
  '等待网络': 'Waiting for the network',
  '正在上传…': 'Uploading…',
  '修改': 'Edit',
  '删除': 'Delete',
  '删除这条未上报的内容？': 'Delete this report that has not been sent?',
  '已保存在手机上': 'Kept on this phone',
  '联网后自动上报，不必重填。': 'It goes out by itself when the network returns. Nothing to retype.',
  '已上报，谢谢您！': 'Reported. Thank you!',
  '网格负责人会在一个工作日内判断，结果会通知您。': 'The grid owner will judge it within a workday; you will be told.',
  '我的网格': 'My grid',
  '最近': 'Recent',
  '“{name}”还有 {count} 条未上传，由本人登录后上传。': '{name} still has {count} unsent here; they go out when that person signs in.',
  '手机无法保存，请检查存储空间': 'This phone cannot store it; please check free space',
});

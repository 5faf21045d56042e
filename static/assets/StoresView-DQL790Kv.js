import{n as e,t}from"./useAllPages-BF9pAYOP.js";import{t as n}from"./DataList-BaNojAa-.js";import{A as r,E as i,L as a,N as o,O as s,P as c,T as l,a as u,i as d,o as f,w as p}from"./index-CQr_D4pA.js";import{a as m,n as h,r as g,t as _}from"./useForm-CcLdT85W.js";import{E as v,F as y,G as b,H as x,I as S,J as C,N as w,O as T,Q as E,S as D,T as O,V as k,W as A,X as j,b as M,g as N,h as P,k as F,nt as I,u as L,v as R,w as z,x as ee,y as B}from"./vue-CVxzQs-Q.js";import{t as te}from"./SelectField--0vIin9V.js";import{n as V,t as H}from"./useQueryFilters-DgpIeX0n.js";import{t as ne}from"./PageHeader-CZi99UOc.js";import{D as U,S as re,T as ie,d as W}from"./orderWords-CB5SbxO6.js";import{r as G,t as K}from"./csv-DiaXtsXK.js";import{n as q,r as J,t as ae}from"./table-BFbYlrH_.js";import{t as Y}from"./inputnumber-Cl1QuEPa.js";var X=c.extend({name:`toggleswitch`,style:`
    .p-toggleswitch {
        display: inline-block;
        width: dt('toggleswitch.width');
        height: dt('toggleswitch.height');
    }

    .p-toggleswitch-input {
        cursor: pointer;
        appearance: none;
        position: absolute;
        top: 0;
        inset-inline-start: 0;
        width: 100%;
        height: 100%;
        padding: 0;
        margin: 0;
        opacity: 0;
        z-index: 1;
        outline: 0 none;
        border-radius: dt('toggleswitch.border.radius');
    }

    .p-toggleswitch-slider {
        cursor: pointer;
        width: 100%;
        height: 100%;
        border-width: dt('toggleswitch.border.width');
        border-style: solid;
        border-color: dt('toggleswitch.border.color');
        background: dt('toggleswitch.background');
        transition:
            background dt('toggleswitch.transition.duration'),
            color dt('toggleswitch.transition.duration'),
            border-color dt('toggleswitch.transition.duration'),
            outline-color dt('toggleswitch.transition.duration'),
            box-shadow dt('toggleswitch.transition.duration');
        border-radius: dt('toggleswitch.border.radius');
        outline-color: transparent;
        box-shadow: dt('toggleswitch.shadow');
    }

    .p-toggleswitch-handle {
        position: absolute;
        top: 50%;
        display: flex;
        justify-content: center;
        align-items: center;
        background: dt('toggleswitch.handle.background');
        color: dt('toggleswitch.handle.color');
        width: dt('toggleswitch.handle.size');
        height: dt('toggleswitch.handle.size');
        inset-inline-start: dt('toggleswitch.gap');
        margin-block-start: calc(-1 * calc(dt('toggleswitch.handle.size') / 2));
        border-radius: dt('toggleswitch.handle.border.radius');
        transition:
            background dt('toggleswitch.transition.duration'),
            color dt('toggleswitch.transition.duration'),
            inset-inline-start dt('toggleswitch.slide.duration'),
            box-shadow dt('toggleswitch.slide.duration');
    }

    .p-toggleswitch.p-toggleswitch-checked .p-toggleswitch-slider {
        background: dt('toggleswitch.checked.background');
        border-color: dt('toggleswitch.checked.border.color');
    }

    .p-toggleswitch.p-toggleswitch-checked .p-toggleswitch-handle {
        background: dt('toggleswitch.handle.checked.background');
        color: dt('toggleswitch.handle.checked.color');
        inset-inline-start: calc(dt('toggleswitch.width') - calc(dt('toggleswitch.handle.size') + dt('toggleswitch.gap')));
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:hover) .p-toggleswitch-slider {
        background: dt('toggleswitch.hover.background');
        border-color: dt('toggleswitch.hover.border.color');
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:hover) .p-toggleswitch-handle {
        background: dt('toggleswitch.handle.hover.background');
        color: dt('toggleswitch.handle.hover.color');
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:hover).p-toggleswitch-checked .p-toggleswitch-slider {
        background: dt('toggleswitch.checked.hover.background');
        border-color: dt('toggleswitch.checked.hover.border.color');
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:hover).p-toggleswitch-checked .p-toggleswitch-handle {
        background: dt('toggleswitch.handle.checked.hover.background');
        color: dt('toggleswitch.handle.checked.hover.color');
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:focus-visible) .p-toggleswitch-slider {
        box-shadow: dt('toggleswitch.focus.ring.shadow');
        outline: dt('toggleswitch.focus.ring.width') dt('toggleswitch.focus.ring.style') dt('toggleswitch.focus.ring.color');
        outline-offset: dt('toggleswitch.focus.ring.offset');
    }

    .p-toggleswitch.p-invalid > .p-toggleswitch-slider {
        border-color: dt('toggleswitch.invalid.border.color');
    }

    .p-toggleswitch.p-disabled {
        opacity: 1;
    }

    .p-toggleswitch.p-disabled .p-toggleswitch-slider {
        background: dt('toggleswitch.disabled.background');
    }

    .p-toggleswitch.p-disabled .p-toggleswitch-handle {
        background: dt('toggleswitch.handle.disabled.background');
    }
`,classes:{root:function(e){var t=e.instance,n=e.props;return[`p-toggleswitch p-component`,{"p-toggleswitch-checked":t.checked,"p-disabled":n.disabled,"p-invalid":t.$invalid}]},input:`p-toggleswitch-input`,slider:`p-toggleswitch-slider`,handle:`p-toggleswitch-handle`},inlineStyles:{root:{position:`relative`}}}),Z={name:`ToggleSwitch`,extends:{name:`BaseToggleSwitch`,extends:m,props:{trueValue:{type:null,default:!0},falseValue:{type:null,default:!1},readonly:{type:Boolean,default:!1},tabindex:{type:Number,default:null},inputId:{type:String,default:null},inputClass:{type:[String,Object],default:null},inputStyle:{type:Object,default:null},ariaLabelledby:{type:String,default:null},ariaLabel:{type:String,default:null}},style:X,provide:function(){return{$pcToggleSwitch:this,$parentInstance:this}}},inheritAttrs:!1,emits:[`change`,`focus`,`blur`],methods:{getPTOptions:function(e){return(e===`root`?this.ptmi:this.ptm)(e,{context:{checked:this.checked,disabled:this.disabled}})},onChange:function(e){if(!this.disabled&&!this.readonly){var t=this.checked?this.falseValue:this.trueValue;this.writeValue(t,e),this.$emit(`change`,e)}},onFocus:function(e){this.$emit(`focus`,e)},onBlur:function(e){var t,n;this.$emit(`blur`,e),(t=(n=this.formField).onBlur)==null||t.call(n,e)}},computed:{checked:function(){return this.d_value===this.trueValue},dataP:function(){return a({checked:this.checked,disabled:this.disabled,invalid:this.$invalid})}}},oe=[`data-p-checked`,`data-p-disabled`,`data-p`],se=[`id`,`checked`,`tabindex`,`disabled`,`readonly`,`aria-checked`,`aria-labelledby`,`aria-label`,`aria-invalid`],ce=[`data-p`],le=[`data-p`];function ue(e,t,n,r,i,a){return w(),D(`div`,F({class:e.cx(`root`),style:e.sx(`root`)},a.getPTOptions(`root`),{"data-p-checked":a.checked,"data-p-disabled":e.disabled,"data-p":a.dataP}),[B(`input`,F({id:e.inputId,type:`checkbox`,role:`switch`,class:[e.cx(`input`),e.inputClass],style:e.inputStyle,checked:a.checked,tabindex:e.tabindex,disabled:e.disabled,readonly:e.readonly,"aria-checked":a.checked,"aria-labelledby":e.ariaLabelledby,"aria-label":e.ariaLabel,"aria-invalid":e.invalid||void 0,onFocus:t[0]||=function(){return a.onFocus&&a.onFocus.apply(a,arguments)},onBlur:t[1]||=function(){return a.onBlur&&a.onBlur.apply(a,arguments)},onChange:t[2]||=function(){return a.onChange&&a.onChange.apply(a,arguments)}},a.getPTOptions(`input`)),null,16,se),B(`div`,F({class:e.cx(`slider`)},a.getPTOptions(`slider`),{"data-p":a.dataP}),[B(`div`,F({class:e.cx(`handle`)},a.getPTOptions(`handle`),{"data-p":a.dataP}),[y(e.$slots,`handle`,{checked:a.checked})],16,le)],16,ce)],16,oe)}Z.render=ue;var de={class:`flex items-start gap-2.5`},fe=v({__name:`StoreDialog`,props:T({store:{}},{modelValue:{type:Boolean,required:!0},modelModifiers:{}}),emits:T([`saved`],[`update:modelValue`]),setup(e,{emit:t}){let n=e,i=t,a=k(e,`modelValue`),o=p(),c=u(),{busy:l,errors:f,message:m,reset:v,submit:y}=_([`name`,`location`,`confirmation_delay_ms`,`fulfilment`]),S=C({name:``,location:``,seconds:null,external:!1});x(a,e=>{if(!e)return;v();let t=n.store;Object.assign(S,{name:t?.name??``,location:t?.location??``,seconds:t?t.confirmation_delay_ms/1e3:(c.status?.settings?.store_delay_ms??15e3)/1e3,external:t?.fulfilment===`external`})});async function T(){let e=S.name.trim(),t=S.location.trim();if(v(),e||(f.value.name=`Enter a name.`),t||(f.value.location=`Enter a location.`),!e||!t)return;let r={name:e,location:t,confirmation_delay_ms:Math.round((S.seconds??0)*1e3),fulfilment:S.external?`external`:`internal`};await y(()=>n.store?W.editStore(n.store,r):W.createStore(r))&&(a.value=!1,o.ok(n.store?`Store saved`:`Store opened`,e),i(`saved`))}return(t,n)=>{let i=h,o=g,c=d,u=Y,p=r,_=s;return w(),M(_,{visible:a.value,"onUpdate:visible":n[5]||=e=>a.value=e,modal:``,header:e.store?`Edit store`:`New store`,class:`w-[min(32rem,calc(100vw-2rem))]`},{footer:A(()=>[O(p,{label:`Cancel`,severity:`secondary`,outlined:``,onClick:n[4]||=e=>a.value=!1}),O(p,{type:`submit`,form:`store-form`,label:`Save`,loading:E(l)},null,8,[`loading`])]),default:A(()=>[B(`form`,{id:`store-form`,class:`flex flex-col gap-4`,novalidate:``,onSubmit:P(T,[`prevent`])},[O(i,{text:E(m)},null,8,[`text`]),O(c,{id:`store-name`,label:`Name`,error:E(f).name},{default:A(({described:e})=>[O(o,{id:`store-name`,modelValue:S.name,"onUpdate:modelValue":n[0]||=e=>S.name=e,invalid:!!E(f).name,"aria-describedby":e,autofocus:``,fluid:``},null,8,[`modelValue`,`invalid`,`aria-describedby`])]),_:1},8,[`error`]),O(c,{id:`store-location`,label:`Location`,error:E(f).location},{default:A(({described:e})=>[O(o,{id:`store-location`,modelValue:S.location,"onUpdate:modelValue":n[1]||=e=>S.location=e,invalid:!!E(f).location,"aria-describedby":e,fluid:``},null,8,[`modelValue`,`invalid`,`aria-describedby`])]),_:1},8,[`error`]),O(c,{id:`store-delay`,label:`Confirmation delay, seconds`,error:E(f).confirmation_delay_ms,hint:`How long after submit this store confirms its part of an order.`},{default:A(()=>[O(u,{modelValue:S.seconds,"onUpdate:modelValue":n[2]||=e=>S.seconds=e,"input-id":`store-delay`,min:0,max:86400,"max-fraction-digits":3,invalid:!!E(f).confirmation_delay_ms,fluid:``},null,8,[`modelValue`,`invalid`])]),_:1},8,[`error`]),B(`label`,de,[b(B(`input`,{"onUpdate:modelValue":n[3]||=e=>S.external=e,type:`checkbox`,class:`check mt-0.5`},null,512),[[L,S.external]]),n[6]||=B(`span`,null,[z(` Answered from outside `),B(`span`,{class:`block text-sm text-muted-color`},` Confirmation requests go out as events; an outside service answers, or the order times out. `)],-1)])],32)]),_:1},8,[`visible`,`header`])}}}),pe={class:`panel`,"aria-label":`Stores`,"data-tour":`participation`},me={class:`flex flex-wrap gap-3 mb-4`},Q=[`title`],he={class:`inline-flex gap-1`},ge=[`aria-label`,`onClick`],_e=[`aria-label`,`onClick`],$=20,ve=v({__name:`StoresView`,setup(a){let s=p(),c=o(),{filters:u,isFiltered:d,clear:m}=H({q:``,participating:``,sort:`name`},()=>{v.value=1,h.reload()}),h=t(e=>W.stores({...e,q:u.q.trim()||void 0,participating:u.participating?u.participating===`yes`:void 0}));h.reload(),f(e=>e.type.startsWith(`plaza.store.`),h.reload);let g=[{key:`name`,label:`Store`,sortable:!0,title:!0,value:e=>e.name},{key:`location`,label:`Location`,sortable:!0,value:e=>e.location},{key:`products`,label:`Products`,sortable:!0,align:`right`,value:e=>e.product_count},{key:`delay`,label:`Confirms after`,sortable:!0,align:`right`,value:e=>e.confirmation_delay_ms},{key:`participating`,label:`Participating`,sortable:!0,value:e=>Number(e.participating)},{key:`id`,label:`Id`},{key:`actions`,label:`Actions`,align:`right`}],_=R({get:()=>ae(u.sort),set:e=>u.sort=J(e)}),v=j(1),y=R(()=>q(h.items.value,g,_.value)),b=R(()=>y.value.slice((v.value-1)*$,v.value*$)),x=R(()=>h.items.value.filter(e=>e.participating).length),C=R(()=>h.loading.value?`Loading stores…`:`${U(h.items.value.length,`store`)}, ${re(x.value)} in Shopping`),T=j(),k=j(!1);function P(e){T.value=e,k.value=!0}let F=j(new Set);async function L(e,t){F.value.add(e.id);try{await W.setParticipation(e.id,t),await h.reload(),s.ok(t?`Now in Shopping`:`No longer in Shopping`,e.name)}catch(n){s.problem(n,()=>void L(e,t))}finally{F.value.delete(e.id)}}function Y(e){let t=async()=>{try{await W.archiveStore(e.id),s.ok(`Store archived`,e.name),await h.reload()}catch(e){s.problem(e,()=>void t())}};c.require({header:`Archive store`,message:`Archive ${e.name} and its ${U(e.product_count,`product`)}? Orders that still wait on it are rejected with STORE_CLOSED.`,icon:`pi pi-exclamation-triangle`,acceptProps:{label:`Archive`,severity:`danger`},rejectProps:{label:`Keep`,severity:`secondary`,outlined:!0},accept:()=>void t()})}let X=()=>K(`stores.csv`,G(y.value,[`id`,`name`,`location`,`participating`,`confirmation_delay_ms`,`fulfilment`,`product_count`,`created_at`]));return(t,a)=>{let o=r,s=ne,c=V,f=te,p=S(`RouterLink`),x=Z,j=i,R=l,H=n,U=e;return w(),D(N,null,[O(s,{title:`Plaza Admin`,subtitle:C.value},{default:A(()=>[O(o,{label:`Export CSV`,icon:`pi pi-download`,severity:`secondary`,outlined:``,disabled:!y.value.length,onClick:X},null,8,[`disabled`]),O(o,{label:`New store`,icon:`pi pi-plus`,"data-testid":`new-store`,"data-tour":`new-store`,onClick:a[0]||=e=>P()})]),_:1},8,[`subtitle`]),B(`section`,pe,[B(`div`,me,[O(c,{modelValue:E(u).q,"onUpdate:modelValue":a[1]||=e=>E(u).q=e,label:`Search stores`,placeholder:`Name or location`},null,8,[`modelValue`]),O(f,{modelValue:E(u).participating,"onUpdate:modelValue":a[2]||=e=>E(u).participating=e,label:`Participation`,options:[{value:``,label:`All stores`},{value:`yes`,label:`In Shopping`},{value:`no`,label:`Not in Shopping`}]},null,8,[`modelValue`])]),O(H,{sort:_.value,"onUpdate:sort":a[4]||=e=>_.value=e,label:`Stores`,columns:g,rows:b.value,"row-key":e=>e.id,"row-label":e=>e.name,loading:E(h).loading.value,busy:E(h).busy.value,error:E(h).error.value,onRetry:a[5]||=e=>E(h).reload()},{"cell-name":A(({row:e})=>[O(p,{to:`/admin/stores/${e.id}/products`,class:`text-link font-medium`},{default:A(()=>[z(I(e.name),1)]),_:2},1032,[`to`])]),"cell-delay":A(({row:e})=>[B(`span`,{title:e.fulfilment===`external`?`Answered by an outside service`:void 0},[z(I(E(ie)(e.confirmation_delay_ms)),1),e.fulfilment===`external`?(w(),D(N,{key:0},[z(` · external`)],64)):ee(``,!0)],8,Q)]),"cell-participating":A(({row:e})=>[O(x,{"model-value":e.participating,disabled:F.value.has(e.id),"aria-label":`${e.name} participates`,"onUpdate:modelValue":t=>L(e,t)},null,8,[`model-value`,`disabled`,`aria-label`,`onUpdate:modelValue`])]),"cell-id":A(({row:e})=>[O(j,{id:e.id,label:`store id`},null,8,[`id`])]),"cell-actions":A(({row:e})=>[B(`span`,he,[O(o,{as:`router-link`,to:`/admin/stores/${e.id}/products`,label:`Products`,icon:`pi pi-tags`,size:`small`,severity:`secondary`,outlined:``,"aria-label":`Products of ${e.name}`},null,8,[`to`,`aria-label`]),B(`button`,{type:`button`,class:`icon-button`,"aria-label":`Edit ${e.name}`,title:`Edit`,onClick:t=>P(e)},[...a[9]||=[B(`i`,{class:`pi pi-pencil`,"aria-hidden":`true`},null,-1)]],8,ge),B(`button`,{type:`button`,class:`icon-button`,"aria-label":`Archive ${e.name}`,title:`Archive`,onClick:t=>Y(e)},[...a[10]||=[B(`i`,{class:`pi pi-inbox`,"aria-hidden":`true`},null,-1)]],8,_e)])]),empty:A(()=>[E(d)()?(w(),M(R,{key:0,icon:`pi-search`,title:`No store matches`,text:`Try another search.`},{default:A(()=>[O(o,{label:`Clear the search`,severity:`secondary`,onClick:E(m)},null,8,[`onClick`])]),_:1})):(w(),M(R,{key:1,icon:`pi-building`,title:`No stores yet`,text:`Open the first one here, or load the demo mall on the dashboard.`},{default:A(()=>[O(o,{label:`New store`,icon:`pi pi-plus`,onClick:a[3]||=e=>P()}),O(o,{as:`router-link`,to:`/`,label:`Dashboard`,severity:`secondary`,outlined:``})]),_:1}))]),_:1},8,[`sort`,`rows`,`row-key`,`row-label`,`loading`,`busy`,`error`]),O(U,{modelValue:v.value,"onUpdate:modelValue":a[6]||=e=>v.value=e,total:y.value.length,size:$,truncated:E(h).truncated.value},null,8,[`modelValue`,`total`,`truncated`])]),O(fe,{modelValue:k.value,"onUpdate:modelValue":a[7]||=e=>k.value=e,store:T.value,onSaved:a[8]||=e=>E(h).reload()},null,8,[`modelValue`,`store`])],64)}}});export{ve as default};
import{n as e,t}from"./useListPage-C4VeXEDg.js";import{t as n}from"./DataList-C5j4AxA0.js";import{C as r,E as i,F as a,M as o,N as s,S as c,j as l,o as u,p as d,r as f,s as p,y as m}from"./index-CINFkU-G.js";import{B as h,C as g,F as _,Ot as v,R as y,lt as b,rt as x}from"./live-DQveRjVW.js";import{$ as S,A as C,D as w,E as T,F as E,H as D,K as O,M as k,O as A,P as j,S as M,T as N,V as P,X as F,Y as I,Z as L,g as R,j as z,rt as B,st as V,tt as H,w as U,x as W,z as G}from"./vue-D4yaB7yj.js";import{a as ee,o as te}from"./usePlace-BzZ_zJkP.js";import{t as ne}from"./SearchField-hqodjxQ-.js";import{t as re}from"./PageHeader-B-ga3Uoq.js";import{t as K}from"./useConfirmed-DW0HUi2R.js";import{n as ie,t as ae}from"./csv-BXhwrePr.js";import{t as q}from"./TextField-CTtY79NQ.js";import{t as J}from"./useConflict-CSKvQ-5d.js";import{t as Y}from"./useDialogForm-DXVh5bQL.js";import{a as X}from"./typedNumber-CmAtT150.js";var Z=b.extend({name:`toggleswitch`,style:`
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
`,classes:{root:function(e){var t=e.instance,n=e.props;return[`p-toggleswitch p-component`,{"p-toggleswitch-checked":t.checked,"p-disabled":n.disabled,"p-invalid":t.$invalid}]},input:`p-toggleswitch-input`,slider:`p-toggleswitch-slider`,handle:`p-toggleswitch-handle`},inlineStyles:{root:{position:`relative`}}}),Q={name:`ToggleSwitch`,extends:{name:`BaseToggleSwitch`,extends:u,props:{trueValue:{type:null,default:!0},falseValue:{type:null,default:!1},readonly:{type:Boolean,default:!1},tabindex:{type:Number,default:null},inputId:{type:String,default:null},inputClass:{type:[String,Object],default:null},inputStyle:{type:Object,default:null},ariaLabelledby:{type:String,default:null},ariaLabel:{type:String,default:null}},style:Z,provide:function(){return{$pcToggleSwitch:this,$parentInstance:this}}},inheritAttrs:!1,emits:[`change`,`focus`,`blur`],methods:{getPTOptions:function(e){return(e===`root`?this.ptmi:this.ptm)(e,{context:{checked:this.checked,disabled:this.disabled}})},onChange:function(e){if(!this.disabled&&!this.readonly){var t=this.checked?this.falseValue:this.trueValue;this.writeValue(t,e),this.$emit(`change`,e)}},onFocus:function(e){this.$emit(`focus`,e)},onBlur:function(e){var t,n;this.$emit(`blur`,e),(t=(n=this.formField).onBlur)==null||t.call(n,e)}},computed:{checked:function(){return this.d_value===this.trueValue},dataP:function(){return v({checked:this.checked,disabled:this.disabled,invalid:this.$invalid})}}},$=[`data-p-checked`,`data-p-disabled`,`data-p`],oe=[`id`,`checked`,`tabindex`,`disabled`,`readonly`,`aria-checked`,`aria-labelledby`,`aria-label`,`aria-invalid`],se=[`data-p`],ce=[`data-p`];function le(e,t,n,r,i,a){return G(),A(`div`,E({class:e.cx(`root`),style:e.sx(`root`)},a.getPTOptions(`root`),{"data-p-checked":a.checked,"data-p-disabled":e.disabled,"data-p":a.dataP}),[N(`input`,E({id:e.inputId,type:`checkbox`,role:`switch`,class:[e.cx(`input`),e.inputClass],style:e.inputStyle,checked:a.checked,tabindex:e.tabindex,disabled:e.disabled,readonly:e.readonly,"aria-checked":a.checked,"aria-labelledby":e.ariaLabelledby,"aria-label":e.ariaLabel,"aria-invalid":e.invalid||void 0,onFocus:t[0]||=function(){return a.onFocus&&a.onFocus.apply(a,arguments)},onBlur:t[1]||=function(){return a.onBlur&&a.onBlur.apply(a,arguments)},onChange:t[2]||=function(){return a.onChange&&a.onChange.apply(a,arguments)}},a.getPTOptions(`input`)),null,16,oe),N(`div`,E({class:e.cx(`slider`)},a.getPTOptions(`slider`),{"data-p":a.dataP}),[N(`div`,E({class:e.cx(`handle`)},a.getPTOptions(`handle`),{"data-p":a.dataP}),[P(e.$slots,`handle`,{checked:a.checked})],16,ce)],16,se)],16,$)}Q.render=le;var ue={class:`flex items-start gap-2.5`},de=864e5,fe=k({__name:`StoreDialog`,props:j({store:{}},{modelValue:{type:Boolean,required:!0},modelModifiers:{}}),emits:j([`saved`],[`update:modelValue`]),setup(e,{emit:t}){let n=e,r=t,o=O(e,`modelValue`),s=c(),l=S({name:``,location:``,delayMs:null,external:!1}),u=H(``),d=X(de),{busy:p,errors:h,message:_,reset:v,save:b}=Y(o,[`name`,`location`,`confirmation_delay_ms`,`fulfilment`],()=>{u.value=``;let e=s.status?.settings?.store_delay_ms??15e3;Object.assign(l,{name:``,location:``,delayMs:e,external:!1}),E.begin(n.store)}),E=J(l,{name:{label:`Name`,of:e=>e.name},location:{label:`Location`,of:e=>e.location},delayMs:{label:`Confirmation delay`,of:e=>e.confirmation_delay_ms,write:e=>y(Number(e))},external:{label:`Answered from outside`,of:e=>e.fulfilment===`external`,write:e=>e?`yes`:`no`}}),{rows:D,overwrites:k,take:A,keep:j}=E;async function M(){let e=l.name.trim(),t=l.location.trim();v(),e||(h.value.name=`Enter a name.`),t||(h.value.location=`Enter a location.`);let{delayMs:i}=l;if(i===null&&(h.value.confirmation_delay_ms=u.value?`${u.value}.`:`Enter a delay.`),!e||!t||i===null)return;let a={name:e,location:t,confirmation_delay_ms:i,fulfilment:l.external?`external`:`internal`},o=n.store,s=()=>({...E.changed(`name`)&&{name:e},...E.changed(`location`)&&{location:t},...E.changed(`delayMs`)&&{confirmation_delay_ms:i},...E.changed(`external`)&&{fulfilment:a.fulfilment}});await b(()=>o?E.save(e=>g.editStore(e,s()),()=>g.store(o.id)):g.createStore(a),o?`Store saved`:`Store opened`,e)&&r(`saved`)}return(t,n)=>{let r=m,s=i,c=q,g=f,v=x,y=a;return G(),T(y,{visible:o.value,"onUpdate:visible":n[6]||=e=>o.value=e,modal:``,header:e.store?`Edit store`:`New store`,class:`w-[min(32rem,calc(100vw-2rem))]`},{footer:I(()=>[z(v,{label:`Cancel`,severity:`secondary`,outlined:``,onClick:n[5]||=e=>o.value=!1}),z(v,{type:`submit`,form:`store-form`,label:B(k)?`Overwrite`:`Save`,loading:B(p)},null,8,[`label`,`loading`])]),default:I(()=>[N(`form`,{id:`store-form`,class:`flex flex-col gap-4`,novalidate:``,onSubmit:W(M,[`prevent`])},[z(r,{text:B(_)},null,8,[`text`]),B(D).length?(G(),T(s,{key:0,rows:B(D),onTake:B(A),onKeep:B(j)},null,8,[`rows`,`onTake`,`onKeep`])):w(``,!0),z(c,{id:`store-name`,modelValue:l.name,"onUpdate:modelValue":n[0]||=e=>l.name=e,label:`Name`,error:B(h).name,autofocus:``},null,8,[`modelValue`,`error`]),z(c,{id:`store-location`,modelValue:l.location,"onUpdate:modelValue":n[1]||=e=>l.location=e,label:`Location`,error:B(h).location},null,8,[`modelValue`,`error`]),z(g,{id:`store-delay`,modelValue:l.delayMs,"onUpdate:modelValue":n[2]||=e=>l.delayMs=e,doubt:u.value,"onUpdate:doubt":n[3]||=e=>u.value=e,label:`Confirmation delay, seconds`,kind:B(d),error:B(h).confirmation_delay_ms,hint:`How long after submit this store confirms its part of an order.`},null,8,[`modelValue`,`doubt`,`kind`,`error`]),N(`label`,ue,[F(N(`input`,{"onUpdate:modelValue":n[4]||=e=>l.external=e,type:`checkbox`,class:`check mt-0.5`},null,512),[[R,l.external]]),n[7]||=N(`span`,null,[C(` Answered from outside `),N(`span`,{class:`block text-sm text-muted-color`},` Confirmation requests go out as events; an outside service answers, or the order times out. `)],-1)])],32)]),_:1},8,[`visible`,`header`])}}}),pe={class:`panel`,"aria-label":`Stores`,"data-tour":`participation`},me={class:`flex flex-wrap gap-3 mb-4`},he=[`title`],ge=[`data-tone`],_e={class:`inline-flex gap-1`},ve=[`aria-label`,`onClick`],ye=[`aria-label`,`onClick`],be=k({__name:`StoresView`,setup(i){let a=l(),c=K(),u=d(),{filters:f,isFiltered:m,clear:v,list:b,sort:S,page:O,found:k,table:j,pager:P,news:F,renew:R}=t({filters:{q:``,participating:``,sort:`name`},load:(e,{q:t,participating:n})=>g.stores({...e,q:t.trim()||void 0,participating:n?n===`yes`:void 0}),columns:[{key:`name`,label:`Store`,sortable:!0,title:!0,value:e=>e.name},{key:`location`,label:`Location`,sortable:!0,value:e=>e.location},{key:`products`,label:`Products`,sortable:!0,align:`right`,value:e=>e.product_count},{key:`delay`,label:`Confirms after`,sortable:!0,align:`right`,value:e=>e.confirmation_delay_ms},{key:`participating`,label:`Participating`,sortable:!0,value:e=>Number(e.participating)},{key:`id`,label:`Id`},{key:`actions`,label:`Actions`,align:`right`}],size:20});r(e=>e.type.startsWith(`plaza.store.`),b.reload);let W=U(()=>b.items.value.filter(e=>e.participating).length),q=U(()=>b.loading.value?`Loading stores…`:b.error.value&&!b.items.value.length?``:`${h(b.items.value.length,`store`)}, ${_(W.value)} in Shopping`),J=H(),Y=H(!1);function X(e){J.value=e,Y.value=!0}let Z=H(new Set);async function $(e,t){Z.value.add(e.id);try{await g.setParticipation(e.id,t),await b.reload(),a.ok(t?`Now in Shopping`:`No longer in Shopping`,e.name)}catch(n){a.problem(n,()=>void $(e,t))}finally{Z.value.delete(e.id)}}function oe(e){let t=`Archive ${e.name} and its ${h(e.product_count,`product`)}? Orders that still wait on it are rejected with STORE_CLOSED.`;c({header:`Archive store`,message:t,accept:`Archive`,severity:`danger`},async()=>{await g.archiveStore(e.id),a.ok(`Store archived`,e.name),await R()})}let se=()=>ae(`stores.csv`,ie(k.value,[`id`,`name`,`location`,`participating`,`confirmation_delay_ms`,`fulfilment`,`product_count`,`created_at`]));return(t,r)=>{let i=x,a=re,c=ne,l=p,d=ee,h=te,g=D(`RouterLink`),_=Q,H=s,U=o,W=n,K=e;return G(),A(M,null,[z(a,{title:`Plaza Admin`,subtitle:q.value},{default:I(()=>[z(i,{label:`Export CSV`,icon:`pi pi-download`,severity:`secondary`,outlined:``,disabled:!B(k).length,onClick:se},null,8,[`disabled`]),B(u).mayChange?(G(),T(i,{key:0,label:`New store`,icon:`pi pi-plus`,"data-testid":`new-store`,"data-tour":`new-store`,onClick:r[0]||=e=>X()})):w(``,!0)]),_:1},8,[`subtitle`]),N(`section`,pe,[N(`div`,me,[z(c,{modelValue:B(f).q,"onUpdate:modelValue":r[1]||=e=>B(f).q=e,label:`Search stores`,placeholder:`Name or location`},null,8,[`modelValue`]),z(l,{modelValue:B(f).participating,"onUpdate:modelValue":r[2]||=e=>B(f).participating=e,label:`Participation`,options:[{value:``,label:`All stores`},{value:`yes`,label:`In Shopping`},{value:`no`,label:`Not in Shopping`}]},null,8,[`modelValue`])]),z(h,null,{default:I(()=>[z(d,{news:B(F),one:`store`,onShow:r[3]||=e=>B(R)()},null,8,[`news`])]),_:1}),z(W,E(B(j),{sort:B(S),"onUpdate:sort":r[5]||=e=>L(S)?S.value=e:null,gone:B(F).gone,label:`Stores`,"row-key":e=>e.id,"row-label":e=>e.name,onRetry:r[6]||=e=>B(b).reload()}),{"cell-name":I(({row:e})=>[z(g,{to:`/admin/stores/${e.id}/products`,class:`text-link font-medium`},{default:I(()=>[C(V(e.name),1)]),_:2},1032,[`to`])]),"cell-delay":I(({row:e})=>[N(`span`,{title:e.fulfilment===`external`?`Answered by an outside service`:void 0},[C(V(B(y)(e.confirmation_delay_ms)),1),e.fulfilment===`external`?(G(),A(M,{key:0},[C(` · external`)],64)):w(``,!0)],8,he)]),"cell-participating":I(({row:e})=>[B(u).mayChange?(G(),T(_,{key:1,"model-value":e.participating,disabled:Z.value.has(e.id),"aria-label":`${e.name} participates`,"onUpdate:modelValue":t=>$(e,t)},null,8,[`model-value`,`disabled`,`aria-label`,`onUpdate:modelValue`])):(G(),A(`span`,{key:0,class:`status-tag`,"data-tone":e.participating?`good`:`quiet`},V(e.participating?`in Shopping`:`not in Shopping`),9,ge))]),"cell-id":I(({row:e})=>[z(H,{id:e.id,label:`store id`},null,8,[`id`])]),"cell-actions":I(({row:e})=>[N(`span`,_e,[z(i,{as:`router-link`,to:`/admin/stores/${e.id}/products`,label:`Products`,icon:`pi pi-tags`,size:`small`,severity:`secondary`,outlined:``,"aria-label":`Products of ${e.name}`},null,8,[`to`,`aria-label`]),B(u).mayChange?(G(),A(`button`,{key:0,type:`button`,class:`icon-button`,"aria-label":`Edit ${e.name}`,title:`Edit`,onClick:t=>X(e)},[...r[10]||=[N(`i`,{class:`pi pi-pencil`,"aria-hidden":`true`},null,-1)]],8,ve)):w(``,!0),B(u).mayChange?(G(),A(`button`,{key:1,type:`button`,class:`icon-button`,"aria-label":`Archive ${e.name}`,title:`Archive`,onClick:t=>oe(e)},[...r[11]||=[N(`i`,{class:`pi pi-inbox`,"aria-hidden":`true`},null,-1)]],8,ye)):w(``,!0)])]),empty:I(()=>[B(m)()?(G(),T(U,{key:0,icon:`pi-search`,title:`No store matches`,text:`Try another search.`},{default:I(()=>[z(i,{label:`Clear the search`,severity:`secondary`,onClick:B(v)},null,8,[`onClick`])]),_:1})):(G(),T(U,{key:1,icon:`pi-building`,title:`No stores yet`,text:B(u).mayChange?`Open the first one here, or load the demo mall on the dashboard.`:`An administrator opens them.`},{default:I(()=>[B(u).mayChange?(G(),A(M,{key:0},[z(i,{label:`New store`,icon:`pi pi-plus`,onClick:r[4]||=e=>X()}),z(i,{as:`router-link`,to:`/`,label:`Dashboard`,severity:`secondary`,outlined:``})],64)):w(``,!0)]),_:1},8,[`text`]))]),_:1},16,[`sort`,`gone`,`row-key`,`row-label`]),z(K,E(B(P),{modelValue:B(O),"onUpdate:modelValue":r[7]||=e=>L(O)?O.value=e:null}),null,16,[`modelValue`])]),z(fe,{modelValue:Y.value,"onUpdate:modelValue":r[8]||=e=>Y.value=e,store:J.value,onSaved:r[9]||=e=>B(R)()},null,8,[`modelValue`,`store`])],64)}}});export{be as default};
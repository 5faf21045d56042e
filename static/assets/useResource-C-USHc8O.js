import{A as e,D as t,E as n,F as r,M as i,O as a,Q as o,T as s,j as c,nt as l,q as u,rt as d,st as f,tt as p,w as m,z as h}from"./vue-D4yaB7yj.js";import{$ as g,E as _,J as v,O as y,Ot as b,lt as x,rt as S,st as C,t as w}from"./live-DQveRjVW.js";import{N as T,v as E}from"./index-CINFkU-G.js";var D=x.extend({name:`skeleton`,style:`
    .p-skeleton {
        display: block;
        overflow: hidden;
        background: dt('skeleton.background');
        border-radius: dt('skeleton.border.radius');
    }

    .p-skeleton::after {
        content: '';
        animation: p-skeleton-animation 1.2s infinite;
        height: 100%;
        left: 0;
        position: absolute;
        right: 0;
        top: 0;
        transform: translateX(-100%);
        z-index: 1;
        background: linear-gradient(90deg, rgba(255, 255, 255, 0), dt('skeleton.animation.background'), rgba(255, 255, 255, 0));
    }

    [dir='rtl'] .p-skeleton::after {
        animation-name: p-skeleton-animation-rtl;
    }

    .p-skeleton-circle {
        border-radius: 50%;
    }

    .p-skeleton-animation-none::after {
        animation: none;
    }

    @keyframes p-skeleton-animation {
        from {
            transform: translateX(-100%);
        }
        to {
            transform: translateX(100%);
        }
    }

    @keyframes p-skeleton-animation-rtl {
        from {
            transform: translateX(100%);
        }
        to {
            transform: translateX(-100%);
        }
    }
`,classes:{root:function(e){var t=e.props;return[`p-skeleton p-component`,{"p-skeleton-circle":t.shape===`circle`,"p-skeleton-animation-none":t.animation===`none`}]}},inlineStyles:{root:{position:`relative`}}}),O={name:`BaseSkeleton`,extends:C,props:{shape:{type:String,default:`rectangle`},size:{type:String,default:null},width:{type:String,default:`100%`},height:{type:String,default:`1rem`},borderRadius:{type:String,default:null},animation:{type:String,default:`wave`}},style:D,provide:function(){return{$pcSkeleton:this,$parentInstance:this}}};function k(e){"@babel/helpers - typeof";return k=typeof Symbol==`function`&&typeof Symbol.iterator==`symbol`?function(e){return typeof e}:function(e){return e&&typeof Symbol==`function`&&e.constructor===Symbol&&e!==Symbol.prototype?`symbol`:typeof e},k(e)}function A(e,t,n){return(t=j(t))in e?Object.defineProperty(e,t,{value:n,enumerable:!0,configurable:!0,writable:!0}):e[t]=n,e}function j(e){var t=M(e,`string`);return k(t)==`symbol`?t:t+``}function M(e,t){if(k(e)!=`object`||!e)return e;var n=e[Symbol.toPrimitive];if(n!==void 0){var r=n.call(e,t);if(k(r)!=`object`)return r;throw TypeError(`@@toPrimitive must return a primitive value.`)}return(t===`string`?String:Number)(e)}var N={name:`Skeleton`,extends:O,inheritAttrs:!1,computed:{containerStyle:function(){return this.size?{width:this.size,height:this.size,borderRadius:this.borderRadius}:{width:this.width,height:this.height,borderRadius:this.borderRadius}},dataP:function(){return b(A({},this.shape,this.shape))}}},P=[`data-p`];function F(e,t,n,i,o,s){return h(),a(`div`,r({class:e.cx(`root`),style:[e.sx(`root`),s.containerStyle],"aria-hidden":`true`},e.ptmi(`root`),{"data-p":s.dataP}),null,16,P)}N.render=F;var I={class:`flex flex-col items-center text-center px-4 py-12 gap-2`,role:`alert`,"data-testid":`error`},L={class:`font-semibold text-lg`},R={key:0,class:`text-muted-color max-w-md break-words`},z={key:1,class:`text-sm text-muted-color`},B={class:`mt-2 flex flex-wrap justify-center gap-2`},V=i({__name:`ErrorState`,props:{error:{}},emits:[`retry`],setup(r){let i=r,o=m(()=>v(i.error)),l=E(),u=m(()=>!g(i.error)||y.value===`open`?``:y.value===`reader`||y.value===`admin`?`Use another token`:`Sign in`);return(r,i)=>{let p=T,m=S;return h(),a(`div`,I,[i[3]||=s(`span`,{class:`grid place-items-center w-14 h-14 rounded-2xl bg-red-50 dark:bg-red-950 mb-2`},[s(`i`,{class:`pi pi-exclamation-circle text-2xl text-red-700 dark:text-red-300`,"aria-hidden":`true`})],-1),s(`p`,L,f(o.value.title),1),o.value.detail?(h(),a(`p`,R,f(o.value.detail),1)):t(``,!0),o.value.traceId?(h(),a(`p`,z,[i[2]||=e(` Trace `,-1),c(p,{id:o.value.traceId,label:`trace id`},null,8,[`id`])])):t(``,!0),s(`div`,B,[c(m,{label:`Try again`,icon:`pi pi-refresh`,severity:`secondary`,onClick:i[0]||=e=>r.$emit(`retry`)}),u.value?(h(),n(m,{key:0,label:u.value,icon:`pi pi-key`,onClick:i[1]||=e=>d(l).open(d(y)!==`anonymous`)},null,8,[`label`])):t(``,!0)])])}}});function H(e){let t=l(),n=l(),r=p(!1),i=m(()=>t.value===void 0&&n.value===void 0),a=0;async function s(){let i=++a;r.value=!0;try{let r=await e();if(i!==a)return;t.value=r,n.value=void 0}catch(e){if(i!==a)return;n.value=e,g(e)&&(t.value=void 0)}finally{i===a&&(r.value=!1)}}function c(){a++,t.value=void 0,n.value=void 0}let d=w();return u(()=>d.resumed,()=>void s()),_(e=>{e&&c(),s()}),o(()=>a=1/0),{data:t,error:n,busy:r,loading:i,reload:s,clear:c}}export{V as n,N as r,H as t};